# The job as a container image. `docker build .` makes the job; `--target sandbox` adds what an operator has before the
# migration, simulated, for trying it out. A later base image is a rebuild away; the packages are held by the lock files.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /venv
COPY requirements-build.lock requirements.lock ./
RUN python -m pip install --require-hashes --no-deps --target /setuptools -r requirements-build.lock \
 && python -m pip --python /venv/bin/python install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY job job
COPY schema schema
RUN PYTHONPATH=/setuptools python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m pip --python /venv/bin/python install --no-deps --no-index /wheels/*.whl

FROM build AS build-sandbox
COPY requirements-sandbox.lock ./
RUN python -m pip --python /venv/bin/python install --require-hashes --no-deps -r requirements-sandbox.lock
COPY sandbox sandbox
RUN PYTHONPATH=/setuptools python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m pip --python /venv/bin/python install --no-deps --no-index --force-reinstall /wheels/*.whl

FROM python:${PYTHON} AS runtime
# /data takes any user, as /tmp does: a volume mounted there brings its own owner.
RUN install -d -m 1777 /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    CLERK_TO_BETTERAUTH_DATA_DIR=/data
WORKDIR /data
USER 65532:65532
STOPSIGNAL SIGTERM

FROM runtime AS sandbox
LABEL org.opencontainers.image.title="clerk-to-betterauth sandbox" \
      org.opencontainers.image.description="A simulated Clerk and a filled LobeChat database, to try clerk-to-betterauth on"
COPY --from=build-sandbox /venv /venv
ENTRYPOINT ["python", "-m", "sandbox"]

FROM runtime AS job
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="clerk-to-betterauth" \
      org.opencontainers.image.description="One-shot job that moves the users of a self-hosted LobeChat from Clerk to Better Auth" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      com.lobehub.lobechat.schema.revision="0075" \
      com.lobehub.lobechat.schema.latest="0130" \
      com.lobehub.lobechat.schema.releases="1.0.1 to 2.2.13"
COPY --from=build /venv /venv
ENTRYPOINT ["python", "-m", "job"]

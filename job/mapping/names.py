"""Names and the avatar."""

from job.mapping.texts import clean_text


def full_name(first_name: str | None, last_name: str | None) -> str | None:
    """What Better Auth shows as the name; both parts are clean already."""
    if first_name and last_name:
        return f"{first_name} {last_name}"
    return first_name or last_name


def avatar(image_url: str | None, *, has_image: bool) -> str | None:
    """The picture that the user chose; Clerk's generated one stands in `image_url` where there is none."""
    return clean_text(image_url) if has_image else None

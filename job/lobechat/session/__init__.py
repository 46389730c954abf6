"""A session of LobeChat's database: connections, transactions, lock, COPY, errors, temporary tables."""

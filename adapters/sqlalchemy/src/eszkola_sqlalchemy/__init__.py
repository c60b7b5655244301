"""Storage for eszkola-core in a SQL database, by SQLAlchemy: SQLite and PostgreSQL."""

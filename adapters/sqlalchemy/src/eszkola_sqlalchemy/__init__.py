"""Storage for eszkola-core in a SQL database, by SQLAlchemy: SQLite, and a schema that PostgreSQL can take over."""

"""Storage for eszkola-core on SQLite (embedded) and PostgreSQL, by SQLAlchemy."""

"""The database: tables, migrations, and repositories that take and give domain values."""

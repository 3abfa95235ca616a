"""What holds the tables: schema, transactions, backup and upgrade."""

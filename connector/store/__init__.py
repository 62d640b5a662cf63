"""The database: tables, migrations and queries. One room per noun; every state change leaves its history."""

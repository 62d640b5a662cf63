"""The files adapter: a folder of CSV and UBL files."""

"""Turns the CSV tables of lib/tables into C tables and documentation."""

"""Measurement, studies, maps, tables, reports and the command line."""

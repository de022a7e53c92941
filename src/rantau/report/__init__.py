"""Report: words, tables and pictures; it computes nothing."""

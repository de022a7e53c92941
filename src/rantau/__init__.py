"""rantau: structural equation modelling of survey research."""

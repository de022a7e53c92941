"""Exploratory blocks: factors that all items of a block load on, turned to a simple structure after the fit."""

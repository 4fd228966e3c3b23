"""Jinja2 templates, the stylesheet and the script of the page; a package so that they are installed with the code."""

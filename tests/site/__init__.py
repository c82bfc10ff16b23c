"""Tests of the site that people open."""

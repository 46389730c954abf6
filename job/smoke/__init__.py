"""Smoke: is LobeChat, as it runs now, letting in the people whom the database says it should?"""

"""The observed traffic through the twin: how well does it explain what was observed?"""

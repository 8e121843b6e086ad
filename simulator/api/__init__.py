"""What `import simulator` offers: the functions of the studies, with results that show and save themselves.

It is the last room: scenario, measures, study and report know nothing of it.
"""

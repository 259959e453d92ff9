"""The share card: a report's figures and pictures as one PNG.

What belongs here: what a card says, where it says it, how it is drawn, and the font, which pages use as well. Pure
functions of a report and pictures. What does not: MongoDB and Dagster; whoever wants a card reads the input and stores
the result.
"""

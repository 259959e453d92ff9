"""What is stored about one player: showing, exporting and forgetting it.

Raw events and statistics are removed by the location that keeps the books about them; everything else is removed here.
"""

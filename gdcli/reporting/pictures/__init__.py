"""Pictures by matplotlib, in files.

`files` makes sure of the file and of matplotlib before there is anything to be lost. `function`, `views`, `scales`,
`history`, `curves` and `basins` say in numbers what is to be seen. `line`, `plane`, `surface`, `panels` and `marks`
draw it in the manner of `style`, and `figures`, `many` and `functions` put it together. Only these import matplotlib,
and none of them pyplot with its state.
"""

"""
How Sphinx builds the site: ``nox -s site``.

What it reads was laid out by ``stage.py`` beforehand, and what is drawn or linked on the way stands in ``house.py``.
Nothing here needs the network, and nothing of what is built does.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))

project = "eszkola-core"
version = release = tomllib.loads((_HERE / "../../pyproject.toml").read_text("utf-8"))["project"]["version"]
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "house"]
nitpicky = True
# Types are told by their short names; what a signature names of third parties or of private modules has no page here.
nitpick_ignore_regex = [("py:.*", ".*")]

# Pages ---------------------------------------------------------------------------------------------------------------
myst_heading_anchors = 4
myst_links_external_new_tab = False

# Docstrings ----------------------------------------------------------------------------------------------------------
default_role = "py:obj"  # `name` leads to that name where it has a page, and is code where it has none
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_use_type_comments = False  # there are none, and looking for them takes half of the build
napoleon_numpy_docstring = False
python_maximum_signature_line_length = 100
python_use_unqualified_type_names = True

# What is built -------------------------------------------------------------------------------------------------------
html_theme = "furo"
html_title = f"eszkola-core {version}"
html_static_path = ["static"]
html_css_files = ["house.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = True
html_domain_indices = False
pygments_style = "default"
pygments_dark_style = "monokai"

# By hand, where there is a network: nox -s site -- FOLDER --links ----------------------------------------------------
linkcheck_timeout = 20
linkcheck_ignore = [r"https?://([\w-]+\.)*example\.(org|com)"]

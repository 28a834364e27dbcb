"""What replicas are drawn from.

``communes.csv`` is INSEE's and La Poste's (codes, postcodes, legal population), Licence Ouverte 2.0, taken from the
package ``@etalab/decoupage-administratif`` 6.0.0; ``countries.csv`` holds INSEE's country codes with weights of ours.
``streets.toml``, ``health.toml`` and ``notes.toml`` were written by hand, for this.
"""

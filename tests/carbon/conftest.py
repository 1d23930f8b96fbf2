"""A county that the tests of carbon share, built once."""

import pytest
import shapely
from carbon_county import built, stand


@pytest.fixture(scope="session")
def region(tmp_path_factory):
    """A county with three stands and a project, built as an office would."""
    stands = [
        ("s1", *stand(0, species="云南松", volume_m3_ha=120.0, area_ha=109.0)),
        ("s2", *stand(1, species="230", age_a=30.0, origin="人工")),
        ("s3", *stand(2, species="栎类")),
    ]
    projects = [("P1", shapely.box(102.2, 27.8, 102.215, 27.81), {})]
    return built(tmp_path_factory.mktemp("region"), stands=stands, carbon_projects=projects)

"""The kind `soap`: a service that a WSDL describes. Its libraries are needed only where such a source is opened."""

from adapters.base import Adapter
from adapters.soap_options import SoapOptions
from schema.catalogue import Catalogue

OPTIONS = SoapOptions


def open_source(options: SoapOptions, catalogue: Catalogue) -> Adapter:
    """A source from its options; ValueError names everything that is wrong, a missing library included."""
    try:
        from adapters.soap_source import open_soap  # noqa: PLC0415  # zeep and lxml are an extra
    except ModuleNotFoundError as missing:
        need = f"{missing.name} is not installed: pip install 'chengxin-hub[soap]'"
        raise ValueError(f"source {options.name}: {need}") from None
    return open_soap(options, catalogue)

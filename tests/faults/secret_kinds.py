"""Sixty kinds of secret, each made up here, in pieces, so that no scanner takes this file for a leak."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

_A = "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT" * 8
_B = "Zy9Xw8Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg0" * 8
_HEX = "0a1b2c3d4e5f6789" * 8


def _a(length: int, at: int = 0) -> str:
    return _A[at : at + length]


@dataclass(frozen=True)
class Kind:
    """A secret, and what gives it away."""

    name: str
    secret: str
    """What must be nowhere."""

    text: str = ""
    """What it stands in, where it is no secret by itself: a connection string, a URL."""

    by_shape: bool = True
    """Whether it is known wherever it is. Else by where: the credential of the call, a field's name."""

    @property
    def spelled(self) -> str:
        """The text that an app or a model writes."""
        return self.text or self.secret


def _shaped(name: str, *pieces: str) -> Kind:
    return Kind(name, "".join(pieces))


def _inside(name: str, secret: str, text: str) -> Kind:
    return Kind(name, secret, text.replace("@@", secret))


def _bare(name: str, secret: str) -> Kind:
    return Kind(name, secret, by_shape=False)


_PEM = "\n".join([_a(64), _a(64, 7), _a(64, 11), _a(44, 3)])

KINDS = [
    _shaped("openai", "sk" + "-", _a(48)),
    _shaped("openai project", "sk" + "-proj-", _a(100)),
    _shaped("openai service account", "sk" + "-svcacct-", _a(100, 5)),
    _shaped("openai admin", "sk" + "-admin-", _a(60, 3)),
    _shaped("openai realtime", "ek" + "_", _HEX[:32]),
    _shaped("anthropic", "sk" + "-ant-api03-", _a(93), "-AA"),
    _shaped("anthropic admin", "sk" + "-ant-admin01-", _a(93, 2)),
    _shaped("anthropic oauth", "sk" + "-ant-oat01-", _a(80, 9)),
    _shaped("openrouter", "sk" + "-or-v1-", _HEX[:64]),
    _shaped("deepseek", "sk" + "-", _HEX[:32]),
    _shaped("litellm", "sk" + "-", _a(22)),
    _shaped("langfuse", "sk" + "-lf-", _HEX[:36]),
    _shaped("google", "AI" + "za", _a(35)),
    _shaped("google oauth", "ya" + "29.", _a(120)),
    _shaped("google client", "GOC" + "SPX-", _a(28)),
    _shaped("groq", "gs" + "k_", _a(52)),
    _shaped("huggingface", "h" + "f_", _a(34)),
    _shaped("replicate", "r" + "8_", _a(37)),
    _shaped("perplexity", "pp" + "lx-", _a(48)),
    _shaped("xai", "xa" + "i-", _a(80)),
    _shaped("nvidia", "nv" + "api-", _a(64)),
    _shaped("together", "tg" + "p_v1_", _a(43)),
    _shaped("fireworks", "f" + "w_", _a(24)),
    _shaped("cerebras", "cs" + "k-", _a(48)),
    _shaped("tavily", "tv" + "ly-", _a(32)),
    _shaped("jina", "ji" + "na_", _a(60)),
    _shaped("langsmith", "ls" + "v2_pt_", _HEX[:32], "_", _HEX[:10]),
    _shaped("github", "gh" + "p_", _a(36)),
    _shaped("github app", "gh" + "s_", _a(36, 4)),
    _shaped("github fine-grained", "github" + "_pat_", _a(22), "_", _a(59)),
    _shaped("gitlab", "gl" + "pat-", _a(20)),
    _shaped("slack", "xo" + "xb-123456789012-1234567890123-", _a(24)),
    _shaped("slack app", "xa" + "pp-1-A012-345-", _HEX[:64]),
    _shaped("stripe", "sk" + "_live_", _a(24)),
    _shaped("stripe restricted", "rk" + "_live_", _a(24, 6)),
    _shaped("stripe webhook", "wh" + "sec_", _a(32)),
    _shaped("sendgrid", "S" + "G.", _a(22), ".", _a(43)),
    _shaped("square", "sq" + "0atp-", _a(22)),
    _shaped("npm", "np" + "m_", _a(36)),
    _shaped("pypi", "py" + "pi-AgEIcHlwaS5vcmc", _a(70)),
    _shaped("digitalocean", "do" + "p_v1_", _HEX[:64]),
    _shaped("vault", "hv" + "s.", _a(90)),
    _shaped("aws", "AK" + "IA", _a(16).upper()),
    _shaped("aws session", "AS" + "IA", _a(16, 5).upper()),
    _inside("mcp server url", _a(32, 6), "https://mcp.example/mcp?profile=x&" + "api_key" + "=@@"),
    _inside("aws secret", _a(40), "aws_secret_" + "access_key = @@"),
    _shaped("bedrock", "AB" + "SK", _a(110)),
    _shaped("pinecone", "pc" + "sk_", _a(6), "_", _a(60, 7)),
    _shaped("notion", "nt" + "n_", _a(46)),
    _shaped("docker", "dckr" + "_pat_", _a(27)),
    _shaped("atlassian", "ATA" + "TT3", _a(180)),
    _shaped("databricks", "da" + "pi", _HEX[:32]),
    _shaped("telegram", "123456789", ":A" + "A", _a(33)),
    _shaped("voyage", "p" + "a-", _a(43)),
    _shaped("elevenlabs", "s" + "k_", _HEX[:48]),
    _shaped("azure client", _a(3), "8Q" + "~", _a(34, 4)),
    _shaped("jwt", "ey" + "J", _a(33), ".ey" + "J", _a(60), ".", _a(43)),
    _inside("pem", _PEM, "-----BEGIN PRIVATE " + "KEY-----\n@@\n-----END PRIVATE " + "KEY-----"),
    _inside("pem rsa", _PEM, "-----BEGIN RSA PRIVATE " + "KEY-----\n@@\n-----END RSA PRIVATE " + "KEY-----"),
    _inside("postgres", _B[:20], "postgresql://app:@@@db.test:5432/prod"),
    _inside("redis", _B[3:25], "rediss://default:@@@cache.test:6380/0"),
    _inside("mongodb", _B[5:30], "mongodb+srv://root:@@@cluster.test/?retryWrites=true"),
    _inside("basic in a URL", _B[7:31], "https://build:@@@git.test/repo.git"),
    _inside(
        "azure storage", _A[:86] + "==", "DefaultEndpointsProtocol=https;AccountName=x;Account" + "Key=@@;E=y"
    ),
    _inside("azure signature", _A[:43] + "%3D", "https://x.blob.test/c/b?sv=2024&sr=b&si" + "g=@@"),
    _inside(
        "s3 signature", _HEX[:64], "https://b.s3.test/k?X-Amz-Date=20261123T000000Z&X-Amz-Sig" + "nature=@@"
    ),
    _inside(
        "gcs signature", _HEX[8:120], "https://storage.test/b/o?X-Goog-Date=20261123&X-Goog-Sig" + "nature=@@"
    ),
    _inside("slack webhook", "T0123456/B0123456/" + _a(24), "https://hooks.slack.com/services/@@"),
    _inside("discord webhook", "123456789012345678/" + _a(68), "https://discord.com/api/webhooks/@@"),
    _inside("bearer", _B[:40], "Authorization: Bear" + "er @@"),
    _bare("azure openai", _HEX[:32]),
    _bare("mistral", _a(32, 2)),
    _bare("cohere", _a(40, 8)),
    _bare("assemblyai", _HEX[4:36]),
    _bare("basic", b64encode(f"user:{_B[:18]}".encode()).decode()),
]
"""By shape where it has one; the last of them are known by where they are."""

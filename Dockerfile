# Built from the Makefile's own steps, so that what CI tests is what the image holds.
#   docker build -t mujaz .            (TORCH_INDEX as for make install)
#   docker run -p 127.0.0.1:8000:8000 -v mujaz:/data mujaz
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Makefile pyproject.toml requirements.lock README.md LICENSE config.yaml ./
COPY models models
COPY service service
ARG TORCH_INDEX=
RUN make install TORCH_INDEX="$TORCH_INDEX"

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 mujaz && mkdir /data && chown mujaz /data
WORKDIR /app
COPY --from=build /app /app
USER mujaz
# Inside the container the service listens on all addresses; publish the port on loopback only (see above).
ENV PATH=/app/.venv/bin:$PATH MUJAZ_DATA_DIR=/data MUJAZ_SERVER__HOST=0.0.0.0 MUJAZ_SERVER__ALLOW_PUBLIC=true
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["mujaz", "serve"]

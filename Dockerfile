# docker build --tag mockrouter .
# docker run --rm --publish 4099:4099 --volume ./scenarios:/scenarios mockrouter
# It writes to no disk: --read-only holds. Replicas, and Kubernetes: deploy/

FROM python:3.13-slim AS build
COPY . /source
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel /source

FROM python:3.13-slim
COPY --from=build /wheel /wheel
RUN pip install --no-cache-dir "$(ls /wheel/*.whl)[metrics,otel,redis,speed]"
WORKDIR /scenarios
VOLUME /scenarios
USER 65534
ENV MOCKROUTER_HOST=0.0.0.0
EXPOSE 4099
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["mockrouter", "health"]
ENTRYPOINT ["mockrouter"]
CMD ["serve", "/scenarios"]

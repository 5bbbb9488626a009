# The hub as an image that takes Falcosidekick's place: same program path, port and user.
ARG BUILDER=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12

FROM ${BUILDER} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm install --no-audit --no-fund
COPY . .
# The queue's directory belongs to group 0, as whom any user of OpenShift's runs.
RUN npm run build && mkdir -p queue && chmod 0770 queue

# With a shell, for wrappers that source a file before the hub starts: --build-arg RUNTIME=shell. The
# launcher looks for Node where distroless has it.
FROM ${BUILDER} AS shell
RUN mkdir /nodejs && ln -s /usr/local/bin /nodejs/bin

FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /src/dist /app
COPY --from=build --chown=1234:0 /src/queue /var/lib/tocsin
# A young generation that is smaller than Node's takes less memory; half of this would cost a tenth more
# CPU, since alerts that wait for the disk outlive it. Nobody opens the debugger by a signal.
ENV NODE_OPTIONS="--disable-sigusr1 --max-semi-space-size=4"
ENV MALLOC_ARENA_MAX="2"
USER 1234:0
EXPOSE 2801
ENTRYPOINT ["./falcosidekick"]

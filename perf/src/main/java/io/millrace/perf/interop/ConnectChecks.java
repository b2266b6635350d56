package io.millrace.perf.interop;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.check.Report;
import io.millrace.perf.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Two workers of Kafka Connect in distributed mode carry a file through a topic into another file; then one is left. */
final class ConnectChecks {
    private static final String MAIN = "org.apache.kafka.connect.cli.ConnectDistributed";
    private static final int LINES = 5000;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int OK = 200;
    private static final int CREATED = 201;

    private final String bootstrap;
    private final Path folder;
    private final Path source;
    private final Path sink;
    private final HttpClient http = HttpClient.newHttpClient();

    ConnectChecks(String bootstrap, Path folder) {
        this.bootstrap = bootstrap;
        this.folder = folder;
        this.source = folder.resolve("connect-source.txt");
        this.sink = folder.resolve("connect-sink.txt");
    }

    /** One of the workers, and where it listens. */
    private record Worker(AppProcess process, URI address) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    void run(Report report) {
        report.check("Kafka Connect, distributed", this::carry);
    }

    private String carry() throws IOException, InterruptedException {
        append("first");
        try (Worker one = worker("connect-1");
                Worker two = worker("connect-2")) {
            create(one, "lines-in", """
                    {"connector.class": "FileStreamSource", "file": "%s", "topic": "connect-lines"}""".formatted(source));
            create(one, "lines-out", """
                    {"connector.class": "FileStreamSink", "file": "%s", "topics": "connect-lines"}""".formatted(sink));
            awaitSame(one, two);
            one.process().terminate();
            append("second");
            awaitSame(two);
            two.process().terminate();
        }
        return LINES + " lines by two workers, and as many by the one that was left: " + Expect.sameBytes(source, sink);
    }

    private void append(String what) throws IOException {
        List<String> lines =
                IntStream.range(0, LINES).mapToObj(i -> what + " line " + i).toList();
        Files.write(source, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Worker worker(String name) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + Ports.free() + "/");
        Path settings = folder.resolve(name + ".properties");
        Files.writeString(settings, """
                bootstrap.servers=%s
                group.id=connect-workers
                listeners=%s
                plugin.discovery=service_load
                key.converter=org.apache.kafka.connect.storage.StringConverter
                value.converter=org.apache.kafka.connect.storage.StringConverter
                config.storage.topic=connect-configs
                offset.storage.topic=connect-offsets
                status.storage.topic=connect-statuses
                config.storage.replication.factor=1
                offset.storage.replication.factor=1
                status.storage.replication.factor=1
                offset.flush.interval.ms=1000
                scheduled.rebalance.max.delay.ms=0
                consumer.auto.offset.reset=earliest
                """.formatted(bootstrap, address.toString().replaceAll("/$", "")));
        Worker worker = new Worker(AppProcess.start(folder, name, MAIN, settings.toString()), address);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!answers(worker)) {
            pause(deadline, "does not answer", worker);
        }
        return worker;
    }

    private boolean answers(Worker worker) throws InterruptedException {
        try {
            return send(HttpRequest.newBuilder(worker.address().resolve("connectors"))
                                    .build())
                            .statusCode()
                    == OK;
        } catch (IOException e) {
            return false; // it does not listen yet
        }
    }

    private void create(Worker worker, String connector, String config) throws IOException, InterruptedException {
        URI address = worker.address().resolve("connectors/" + connector + "/config");
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(config))
                .build();
        HttpResponse<String> response = send(request);
        if (response.statusCode() != CREATED) {
            throw new CheckFailed(connector + " was not created: " + response.statusCode() + " " + response.body());
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofString());
    }

    private void awaitSame(Worker... workers) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(sink) || Files.mismatch(source, sink) >= 0) {
            pause(deadline, "has not carried the file", workers);
        }
    }

    private static void pause(long deadline, String what, Worker... workers) throws IOException, InterruptedException {
        for (Worker worker : workers) {
            worker.process().requireAlive();
        }
        if (System.nanoTime() > deadline) {
            throw new CheckFailed("Connect " + what + " in " + LIMIT + ":\n"
                    + workers[0].process().logTail());
        }
        TimeUnit.MILLISECONDS.sleep(100);
    }
}

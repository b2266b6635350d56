package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.wire.message.ProduceRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a process of its own, as a user meets it. */
@Timeout(60)
class BrokerProcessTest {
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    private Path data;

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void saysWhenItIsReadyAndStopsCleanlyWhenTold() throws Exception {
        Process process = start("PLAINTEXT://127.0.0.1:0");
        BufferedReader output = process.inputReader(UTF_8);

        String ready = output.readLine();
        assertThat(ready).matches("millrace ready in \\d+ ms · broker 1 · 127\\.0\\.0\\.1:\\d+ · data " + data);
        produce(Integer.parseInt(ready.replaceFirst(".*127\\.0\\.0\\.1:(\\d+) .*", "$1")));
        process.toHandle().destroy();

        assertThat(output.readLine()).matches("millrace stopped in \\d+ ms · 1 of 1 logs flushed");
        assertThat(process.waitFor()).isEqualTo(Main.EXIT_STOPPED);
    }

    @Test
    void refusesAFolderThatIsInUse() throws Exception {
        Process first = start("PLAINTEXT://127.0.0.1:0");
        assertThat(first.inputReader(UTF_8).readLine()).contains("ready");

        Process second = start("PLAINTEXT://127.0.0.1:0");

        assertThat(complaintOf(second)).contains(data.toString()).contains("in use");
        assertThat(second.waitFor()).isEqualTo(Main.EXIT_FAILED);
    }

    @Test
    void refusesAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start("PLAINTEXT://127.0.0.1:" + taken.getLocalPort());

            assertThat(complaintOf(process))
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("--set listeners");
            assertThat(process.waitFor()).isEqualTo(Main.EXIT_FAILED);
        }
    }

    /** The launcher makes its archive of classes from such a run. */
    @Test
    void rehearsesTheFirstRecordAndEndsByItself() throws Exception {
        Process process = start(Rehearsal.class, "PLAINTEXT://127.0.0.1:0");
        BufferedReader output = process.inputReader(UTF_8);

        assertThat(output.readLine()).contains("ready");
        assertThat(output.readLine()).contains("1 of 1 logs flushed");
        assertThat(process.waitFor()).isEqualTo(Main.EXIT_STOPPED);
    }

    private static void produce(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            Requests.createTopic(client, "t", 1, Map.of());
            ProduceRequest request = Requests.produce("t", 0, -1, Batches.of(System.currentTimeMillis(), "value"));
            assertThat(Requests.produceTo(client, 9, request).errorCode()).isZero();
        }
    }

    private Process start(String listeners) throws IOException {
        return start(Main.class, listeners);
    }

    private Process start(Class<?> program, String listeners) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        "--set",
                        "listeners=" + listeners,
                        "--set",
                        "log.dirs=" + data)
                .start();
        processes.add(process);
        return process;
    }

    /** The one line that a process says before it gives up. */
    private static String complaintOf(Process process) throws IOException, InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        List<String> complaints = process.errorReader(UTF_8)
                .lines()
                .filter(line -> line.startsWith("millrace: "))
                .toList();
        assertThat(complaints).hasSize(1);
        return complaints.get(0);
    }
}

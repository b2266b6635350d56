package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A broker that finds less on its disks than it left there: it serves what is whole, and makes up nothing. */
@ExtendWith(StrictLogs.class)
class DamagedDataTest {

    private static final String TOPIC = "orders";

    private final Vertx vertx = StrictLogs.vertx();

    @TempDir
    private Path parent;

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    @Test
    void aDiskThatIsNotMountedStopsTheStart() throws Exception {
        produceToBothPartitions("a", "b");
        Path unmounted = parent.resolve("unmounted");
        Files.move(parent.resolve("b"), unmounted);

        assertThatThrownBy(() -> start("a", "b"))
                .hasMessageContaining(parent.resolve("b").toString())
                .hasMessageContaining("not mounted");

        new io.millrace.broker.storage.OsFileStore().deleteTree(parent.resolve("b"));
        Files.move(unmounted, parent.resolve("b"));
        try (TestBroker broker = start("a", "b");
                RawClient client = broker.raw()) {
            assertThat(fetched(client, 0)).isPositive();
            assertThat(fetched(client, 1)).isPositive();
        }
    }

    private void produceToBothPartitions(String... folders) throws Exception {
        try (TestBroker broker = start(folders);
                RawClient client = broker.raw()) {
            Requests.createTopic(client, TOPIC, 2, Map.of());
            for (int partition = 0; partition < 2; partition++) {
                assertThat(Requests.produceTo(client, 9, Requests.produce(TOPIC, partition, -1, Batches.of(1, "value")))
                                .errorCode())
                        .isZero();
            }
        }
    }

    private static int fetched(RawClient client, int partition) throws IOException {
        return Requests.bytes(Requests.first(
                client.call(Requests.fetch(TOPIC, partition, 0), 11, io.millrace.wire.message.FetchResponse.class)));
    }

    private TestBroker start(String... folders) throws Exception {
        StringBuilder dirs = new StringBuilder();
        for (String folder : folders) {
            dirs.append(dirs.length() == 0 ? "" : ",").append(parent.resolve(folder));
        }
        return TestBroker.start(vertx, parent, Map.of("log.dirs", dirs.toString()));
    }
}

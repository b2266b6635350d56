package io.millrace.broker.testing;

import io.millrace.cluster.Decider;
import io.millrace.cluster.log.SingleNodeLog;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A broker for each test, and raw clients that are closed after it. */
@ExtendWith({StrictLogs.class, VertxExtension.class})
public abstract class BrokerTestBase {

    private final List<RawClient> clients = new ArrayList<>();

    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private Vertx vertx;

    @SuppressWarnings("NullAway.Init")
    private TestBroker broker;

    @BeforeEach
    void startBroker(@ProvidedBy(StrictLogs.StrictVertx.class) Vertx provided) throws Exception {
        vertx = provided;
        broker = TestBroker.start(vertx, data, settings());
    }

    @AfterEach
    void stopBroker() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        broker.close();
    }

    /** Settings of the broker beyond those of every test. */
    protected Map<String, String> settings() {
        return Map.of();
    }

    protected final TestBroker broker() {
        return broker;
    }

    protected final RawClient client() throws IOException {
        RawClient client = broker.raw();
        clients.add(client);
        return client;
    }

    /** Stops the broker, takes a decision of the cluster in its place, and starts it again, on another port. */
    protected final void restartBroker(Decider<?> decidedMeanwhile) throws Exception {
        broker.close();
        SingleNodeLog metadata = SingleNodeLog.open(data.resolve("metadata")).await(10, TimeUnit.SECONDS);
        metadata.submit(decidedMeanwhile).await(10, TimeUnit.SECONDS);
        metadata.close().await(10, TimeUnit.SECONDS);
        broker = TestBroker.start(vertx, data, settings());
    }

    /** Stops the broker and starts it again on the same data, on another port. */
    protected final void restartBroker() throws Exception {
        broker.close();
        broker = TestBroker.start(vertx, data, settings());
    }
}

package io.millrace.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ProduceResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class FullRingTest extends BrokerTestBase {

    private static final int CLIENTS = 24;
    private static final int REQUESTS = 20;

    /** More than a ring takes at once is on its way, so that requests wait for room, and none may be lost or overtaken. */
    @Test
    void producersFasterThanTheDiskWaitAndLoseNothing() throws Exception {
        Requests.createTopic(client(), "t", CLIENTS, Map.of());
        String value = "x".repeat(1_000_000);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> running = new ArrayList<>();
        for (int partition = 0; partition < CLIENTS; partition++) {
            int mine = partition;
            RawClient producer = client();
            running.add(threads.submit(() -> flood(producer, mine, value)));
        }
        for (Future<?> each : running) {
            each.get();
        }
        threads.shutdown();
    }

    private static Void flood(RawClient producer, int partition, String value) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            ids.add(producer.send(Requests.produce("t", partition, -1, Batches.of(1, value)), 9));
        }
        for (int i = 0; i < REQUESTS; i++) {
            ProduceResponse response = producer.receive(ProduceResponse.class, ApiKey.PRODUCE, 9, ids.get(i));
            ProduceResponse.PartitionProduceResponse answer =
                    response.responses().get(0).partitionResponses().get(0);
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.baseOffset()).isEqualTo(i);
        }
        return null;
    }
}

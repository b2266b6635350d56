package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.wire.record.Compression;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

class BatchingOptionsTest {

    @Test
    void defaultsAreThoseOfKafka() {
        Map<String, Object> kafka = ProducerConfig.configDef().defaultValues();
        BatchingOptions ours = BatchingOptions.DEFAULT;
        assertThat(kafka.get("batch.size")).isEqualTo(ours.batchBytes());
        assertThat(kafka.get("linger.ms")).isEqualTo(ours.lingerMs());
        assertThat(kafka.get("buffer.memory")).isEqualTo(ours.memoryBytes());
        assertThat(kafka.get("max.request.size")).isEqualTo(ours.requestBytesMax());
        assertThat(kafka.get("delivery.timeout.ms")).isEqualTo((int) ours.deliveryTimeoutMs());
        assertThat(kafka.get("retry.backoff.ms")).isEqualTo(ours.retryBackoffMs());
        assertThat(kafka.get("retry.backoff.max.ms")).isEqualTo(ours.retryBackoffMaxMs());
        assertThat(kafka.get("max.in.flight.requests.per.connection")).isEqualTo(ours.maxInFlight());
        assertThat(kafka.get("enable.idempotence")).isEqualTo(ours.idempotent());
        assertThat(kafka.get("compression.type")).isEqualTo(ours.compression().configName());
    }

    @Test
    void sayWhatIsWrongAndWhatIsAllowed() {
        refused("batch.size is -1; allowed is 0 or more", -1, 0, 100, 100, 1, 5, Compression.NONE, 0);
        refused("linger.ms is -1; allowed is 0 or more", 0, -1, 100, 100, 1, 5, Compression.NONE, 0);
        refused(
                "buffer.memory is 99; allowed is at least max.request.size 100",
                0,
                0,
                99,
                100,
                1,
                5,
                Compression.NONE,
                0);
        refused("max.request.size is 0; allowed is 1 or more", 0, 0, 99, 0, 1, 5, Compression.NONE, 0);
        refused("delivery.timeout.ms is 0; allowed is 1 or more", 0, 0, 100, 100, 0, 5, Compression.NONE, 0);
        refused("allowed is up to 5 with enable.idempotence", 0, 0, 100, 100, 1, 6, Compression.NONE, 0);
        refused("max.in.flight.requests.per.connection is 0", 0, 0, 100, 100, 1, 0, Compression.NONE, 0);
        refused("compression.gzip.level is 12; allowed is 1 to 9", 0, 0, 100, 100, 1, 5, Compression.GZIP, 12);
    }

    private static void refused(
            String reason,
            int batchBytes,
            long lingerMs,
            long memoryBytes,
            int requestBytesMax,
            long deliveryTimeoutMs,
            int maxInFlight,
            Compression codec,
            int level) {
        assertThatThrownBy(() -> new BatchingOptions(
                        batchBytes,
                        lingerMs,
                        memoryBytes,
                        requestBytesMax,
                        deliveryTimeoutMs,
                        100,
                        1_000,
                        maxInFlight,
                        true,
                        codec,
                        level))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}

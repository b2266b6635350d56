package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Seeds;
import io.millrace.client.producer.DeliveryFailure.Kind;
import io.millrace.wire.record.Compression;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ProducerSimulationTest {

    @Test
    void withoutTroubleEverythingIsWrittenOnce() {
        Seeds.each(20, random -> {
            ProducerSimulation simulation = new ProducerSimulation(random, patient(random), 5, 0);
            simulation.run(300, 2_000);
            simulation.check();
            assertThat(simulation.delivered()).isEqualTo(300);
        });
    }

    @Test
    void keepsItsPromisesInEveryTrouble() {
        long[] sums = new long[5];
        Seeds.each(300, random -> run(random, true, sums));
        // The runs must have been through what they are for.
        assertThat(sums).as("delivered, unknown, refused, late, resent").doesNotContain(0);
    }

    @Test
    void keepsTheOrderWithoutIdempotence() {
        Seeds.each(100, random -> run(random, false, new long[5]));
    }

    @Test
    @Tag("long")
    void keepsItsPromisesForManySeeds() {
        Seeds.each(20_000, random -> run(random, true, new long[5]));
    }

    @Test
    void splitsWhatABrokerFindsTooLarge() {
        Seeds.each(50, random -> {
            ProducerSimulation simulation = new ProducerSimulation(random, patient(random), 2, 0);
            // One that may have been written is not split: it could come twice.
            simulation.leadersStay = true;
            simulation.limitBatches(400);
            simulation.run(200, 500);
            simulation.check();
            assertThat(simulation.delivered()).isEqualTo(200);
        });
    }

    private static void run(Random random, boolean idempotent, long[] sums) {
        int partitions = 1 + random.nextInt(4);
        ProducerSimulation simulation =
                new ProducerSimulation(random, options(random, idempotent), partitions, 0.2 * random.nextDouble());
        if (random.nextInt(4) == 0) {
            simulation.limitBatches(300 + random.nextInt(1_000));
        }
        simulation.run(50 + random.nextInt(400), 3_000);
        simulation.check();
        sums[0] += simulation.delivered();
        sums[1] += simulation.failed(Kind.UNKNOWN);
        sums[2] += simulation.failed(Kind.REFUSED);
        sums[3] += simulation.lateRequests;
        sums[4] += simulation.resent;
    }

    private static BatchingOptions patient(Random random) {
        return options(random, true, 600_000);
    }

    private static BatchingOptions options(Random random, boolean idempotent) {
        return options(random, idempotent, random.nextBoolean() ? 60_000 : 500 + random.nextInt(5_000));
    }

    private static BatchingOptions options(Random random, boolean idempotent, long deliveryTimeoutMs) {
        Compression codec = random.nextBoolean() ? Compression.NONE : Seeds.oneOf(random, Compression.values());
        int requestBytesMax = 2_000 + random.nextInt(5_000);
        return new BatchingOptions(
                random.nextInt(2_000),
                random.nextInt(20),
                requestBytesMax + random.nextInt(random.nextBoolean() ? 1_000 : 50_000),
                requestBytesMax,
                deliveryTimeoutMs,
                random.nextInt(100),
                100 + random.nextInt(500),
                idempotent ? 1 + random.nextInt(5) : 1,
                idempotent,
                codec,
                codec.defaultLevel());
    }
}

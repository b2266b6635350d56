package io.millrace.broker.storage.sim;

import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogConfig;
import java.util.SplittableRandom;

/** One log of a run: what it must hold, who writes to it, and how it is configured. */
final class SimTopic extends SimLog {

    final ModelLog model;
    final SimProducer producer;
    /** Records, and with them what is known of producers, may go by a loss of unsynced data or by retention. */
    boolean mayForgetProducers;

    SimTopic(ModelLog model, SimProducer producer, LogConfig config) {
        super(model.id, config);
        this.model = model;
        this.producer = producer;
    }

    static LogConfig anyConfig(SplittableRandom random) {
        boolean os = random.nextInt(4) == 0;
        return LogConfig.defaults().toBuilder()
                .segmentBytes(random.nextInt(2_000, 60_000))
                .segmentMs(random.nextInt(500, 100_000))
                .indexIntervalBytes(random.nextInt(100, 5_000))
                .fileDeleteDelayMs(random.nextInt(5_000))
                .retentionBytes(random.nextInt(3) == 0 ? random.nextInt(10_000, 80_000) : -1)
                .retentionMs(random.nextInt(4) == 0 ? random.nextInt(1_000, 200_000) : -1)
                .flushMessages(os && random.nextInt(3) == 0 ? 1 : Long.MAX_VALUE)
                .flushMs(os && random.nextInt(3) == 0 ? random.nextInt(1, 1000) : Long.MAX_VALUE)
                .durability(os ? Durability.OS : Durability.JOURNAL)
                .build();
    }

    /** Whether a repeated batch must be recognised. */
    boolean mayRepeat() {
        return !mayForgetProducers && producer.isIdle() && producer.lastAcknowledged() != null;
    }

    void noteWhatMayBeLost() {
        mayForgetProducers |=
                config.durability() == Durability.OS || config.retentionBytes() >= 0 || config.retentionMs() >= 0;
    }
}

package io.millrace.wire.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.wire.WireException;
import io.millrace.wire.WireMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every version of every message, against Kafka's own classes, with random values. {@code -Dseed=} replays a failure,
 * which names its seed; {@code -Drounds=} tries more seeds.
 */
class MessageOracleTest {

    private static final int ROUNDS = Integer.getInteger("rounds", 20);
    private static final double[] SET_PROBABILITIES = {0, 0.05, 0.3, 1};
    private static final int PREFIXES_MAX = 300;
    private static final int MUTATIONS = 100;

    static List<MessageKind> messages() {
        return MessageKind.all();
    }

    /** Runs once for each seed and version; a failure tells both. */
    private interface Trial {
        void run(Random random, short version) throws Exception;
    }

    private static void forEachVersion(MessageKind kind, int rounds, Trial trial) {
        @Nullable Long only = Long.getLong("seed");
        long firstSeed = only == null ? System.nanoTime() : only;
        for (short version : kind.versions()) {
            for (long seed = firstSeed; seed < firstSeed + (only == null ? rounds : 1); seed++) {
                try {
                    trial.run(new Random(seed), version);
                } catch (Exception | AssertionError e) {
                    fail(kind + " version " + version + ", replay with -Dseed=" + seed, e);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsAndWritesWhatKafkaDescribes(MessageKind kind) {
        forEachVersion(kind, ROUNDS, (random, version) -> {
            byte[] described = bytes(new RandomBytes(random, random.nextBoolean()), kind, version);
            Message theirs = kind.newTheirs();
            Codec.read(theirs, described, version);
            byte[] expected = Codec.write(theirs, version);

            WireMessage ours = kind.newOurs();
            Codec.read(ours, described, version);
            WireMessage again = kind.newOurs();
            Codec.read(again, expected, version);

            assertThat(again).isEqualTo(ours).hasSameHashCodeAs(ours).hasToString(ours.toString());
            assertThat(Codec.write(ours, version)).isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void writesWhatKafkaWritesAndRefusesWhatKafkaRefuses(MessageKind kind) {
        forEachVersion(kind, ROUNDS, (random, version) -> {
            double probability = SET_PROBABILITIES[random.nextInt(SET_PROBABILITIES.length)];
            WireMessage ours = new RandomMessages(random, probability).next(kind.ours());
            Message theirs = KafkaTwin.of(kind, ours);

            byte @Nullable [] expected = writeOrRefuse(theirs, version);
            byte @Nullable [] actual = writeOrRefuse(ours, version);

            assertThat(actual).isEqualTo(expected);
            if (actual != null) {
                WireMessage back = kind.newOurs();
                Codec.read(back, actual, version);
                assertThat(Codec.write(back, version)).isEqualTo(actual);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyPrefixIsReadOrRefused(MessageKind kind) {
        forEachVersion(kind, 2, (random, version) -> {
            byte[] whole = bytes(new RandomBytes(random, true), kind, version);
            int step = 1 + whole.length / PREFIXES_MAX;
            for (int length = 0; length < whole.length; length += step) {
                readOrRefuse(kind, Arrays.copyOf(whole, length), version);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMutationIsReadOrRefused(MessageKind kind) {
        forEachVersion(kind, 2, (random, version) -> {
            byte[] whole = bytes(new RandomBytes(random, true), kind, version);
            for (int i = 0; i < MUTATIONS && whole.length > 0; i++) {
                byte[] mutated = whole.clone();
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
                }
                readOrRefuse(kind, mutated, version);
            }
        });
    }

    private static byte[] bytes(RandomBytes random, MessageKind kind, short version) {
        return random.next(kind.schema(version)).array();
    }

    private static void readOrRefuse(MessageKind kind, byte[] bytes, short version) {
        try {
            Codec.read(kind.newOurs(), bytes, version);
        } catch (WireException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    /** Null if the message cannot be written in this version. */
    private static byte @Nullable [] writeOrRefuse(WireMessage message, short version) {
        try {
            return Codec.write(message, version);
        } catch (WireException e) {
            return null;
        }
    }

    /** Null if the message cannot be written in this version, which Kafka tells in more than one way. */
    private static byte @Nullable [] writeOrRefuse(Message message, short version) {
        try {
            return Codec.write(message, version);
        } catch (RuntimeException e) {
            return null;
        }
    }
}

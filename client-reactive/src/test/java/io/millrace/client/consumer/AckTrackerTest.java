package io.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AckTrackerTest {

    @Test
    void commitsTheLowestThatIsNotAcknowledged() {
        AckTracker acks = delivered(10, 11, 12);
        assertThat(acks.acknowledge(11)).isTrue();
        assertThat(acks.committable()).isEqualTo(10);
        assertThat(acks.acknowledge(10)).isTrue();
        assertThat(acks.committable()).isEqualTo(12);
        assertThat(acks.acknowledge(12)).isTrue();
        assertThat(acks.committable()).isEqualTo(13);
        assertThat(acks.unacknowledged()).isZero();
    }

    @Test
    void gapsAreNothingToWaitFor() {
        AckTracker acks = delivered(10, 500, 7_000_000_000_000L);
        acks.acknowledge(10);
        assertThat(acks.committable()).isEqualTo(500);
        acks.acknowledge(7_000_000_000_000L);
        acks.acknowledge(500);
        assertThat(acks.committable()).isEqualTo(7_000_000_000_001L);
        acks.passTo(8_000_000_000_000L);
        assertThat(acks.committable()).isEqualTo(8_000_000_000_000L);
    }

    @Test
    void whatIsPassedOverDoesNotOvertakeWhatIsOut() {
        AckTracker acks = delivered(3);
        acks.passTo(100);
        assertThat(acks.committable()).isEqualTo(3);
        acks.acknowledge(3);
        assertThat(acks.committable()).isEqualTo(100);
    }

    @Test
    void whatWasNotDeliveredCannotBeAcknowledged() {
        AckTracker acks = delivered(10, 20, 30);
        acks.passTo(Long.MAX_VALUE);
        for (long offset : new long[] {0, 9, 11, 19, 21, 31, 1L << 40, Long.MAX_VALUE - 1, -1}) {
            assertThat(acks.acknowledge(offset)).as("%d", offset).isFalse();
        }
        assertThat(acks.acknowledge(20)).isTrue();
        assertThat(acks.acknowledge(20)).isFalse();
        assertThat(acks.unacknowledged()).isEqualTo(2);
    }

    @Test
    void theWindowIsBounded() {
        AckTracker acks = new AckTracker(0, 3);
        for (int i = 0; i < 3; i++) {
            acks.deliver(i, 0);
        }
        assertThat(acks.room()).isZero();
        assertThatThrownBy(() -> acks.deliver(3, 0)).hasMessageContaining("all 3 records of the window");
        acks.acknowledge(2);
        assertThat(acks.room()).as("the lowest holds the window").isZero();
        acks.acknowledge(0);
        assertThat(acks.room()).isOne();
        acks.deliver(3, 0);
        assertThatThrownBy(() -> new AckTracker(0, 0)).hasMessageContaining("window of 0");
    }

    @Test
    void deliversForwardOnly() {
        AckTracker acks = delivered(5);
        assertThatThrownBy(() -> acks.deliver(5, 0)).hasMessageContaining("offset 5 where 6 is next");
    }

    @Test
    void tellsHowLongTheOldestIsOut() {
        AckTracker acks = new AckTracker(0, 10);
        assertThat(acks.oldestAgeMs(100)).isZero();
        acks.deliver(0, 100);
        acks.deliver(1, 150);
        assertThat(acks.oldestAgeMs(400)).isEqualTo(300);
        acks.acknowledge(0);
        assertThat(acks.oldestAgeMs(400)).isEqualTo(250);
        acks.acknowledge(1);
        assertThat(acks.oldestAgeMs(400)).isZero();
    }

    @Test
    void agreesWithATreeMapForManySeeds() {
        Seeds.each(300, AckTrackerTest::compare);
    }

    private static void compare(Random random) {
        int windowMax = 1 + random.nextInt(random.nextBoolean() ? 8 : 300);
        long start = random.nextInt(1000);
        AckTracker acks = new AckTracker(start, windowMax);
        TreeMap<Long, Boolean> model = new TreeMap<>();
        List<Long> everything = new ArrayList<>();
        long position = start;
        int gap = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(1000);
        for (int step = 0; step < 2_000; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    if (acks.room() > 0) {
                        position += random.nextInt(gap);
                        acks.deliver(position, step);
                        model.put(position, false);
                        everything.add(position);
                        position++;
                    }
                }
                case 4 -> {
                    position += random.nextInt(gap);
                    acks.passTo(position);
                }
                case 5 -> {
                    long upTo = start - 2 + random.nextInt((int) (position - start) + 4);
                    int newly = 0;
                    for (var each : model.headMap(upTo, true).entrySet()) {
                        newly += each.getValue() ? 0 : 1;
                        each.setValue(true);
                    }
                    if (random.nextInt(20) == 0) {
                        assertThat(acks.acknowledgeUpTo(upTo)).isEqualTo(newly);
                    } else {
                        // The same, one by one, from the end.
                        int counted = 0;
                        for (long each : model.headMap(upTo, true).descendingKeySet()) {
                            counted += acks.acknowledge(each) ? 1 : 0;
                        }
                        assertThat(counted).isEqualTo(newly);
                    }
                }
                default -> {
                    long offset = everything.isEmpty() || random.nextInt(10) == 0
                            ? start + random.nextInt((int) (position - start) + 10)
                            : everything.get(Math.max(0, everything.size() - 1 - random.nextInt(windowMax)));
                    boolean expected = Boolean.FALSE.equals(model.get(offset));
                    assertThat(acks.acknowledge(offset)).isEqualTo(expected);
                    model.computeIfPresent(offset, (key, value) -> true);
                }
            }
            long lowest = model.entrySet().stream()
                    .filter(each -> !each.getValue())
                    .mapToLong(java.util.Map.Entry::getKey)
                    .findFirst()
                    .orElse(position);
            model.headMap(lowest).clear();
            assertThat(acks.committable()).isEqualTo(lowest);
            assertThat(acks.room()).isEqualTo(windowMax - model.size());
            assertThat(acks.unacknowledged()).isEqualTo((int)
                    model.values().stream().filter(done -> !done).count());
        }
    }

    private static AckTracker delivered(long... offsets) {
        AckTracker acks = new AckTracker(0, 100);
        for (long each : offsets) {
            acks.deliver(each, 0);
        }
        return acks;
    }
}

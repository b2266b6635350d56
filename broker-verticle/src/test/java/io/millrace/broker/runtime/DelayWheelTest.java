package io.millrace.broker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wheel on a loop and a clock that only the test moves. */
class DelayWheelTest {
    /** What an entry may be late: it is called with its tick, and no tick is partly over. */
    private static final long LATE_MS_MAX = 16;

    /** One turn of the wheel and a bit. */
    private static final long TURN_MS = 8 * 512 + LATE_MS_MAX;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> called = new ArrayList<>();
    private long nowNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10);
    private final DelayWheel wheel;

    DelayWheelTest() {
        channel.freezeTime();
        wheel = new DelayWheel(channel.eventLoop(), () -> nowNanos);
    }

    @AfterEach
    void close() {
        wheel.close();
        channel.close();
    }

    private class Named extends DelayWheel.Entry {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        protected void onDelayOver() {
            called.add(name);
        }
    }

    @Test
    void callsEntriesInTheOrderOfTheirTimesAndNeverEarly() {
        wheel.add(new Named("third"), 300);
        wheel.add(new Named("first"), 100);
        wheel.add(new Named("second"), 200);

        passMs(99);
        assertThat(called).isEmpty();
        passMs(1 + LATE_MS_MAX);
        assertThat(called).containsExactly("first");
        passMs(100);
        assertThat(called).containsExactly("first", "second");
        passMs(100);
        assertThat(called).containsExactly("first", "second", "third");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void entriesOfOneTickAreCalledInTheOrderOfTheirComing() {
        for (int i = 0; i < 5; i++) {
            wheel.add(new Named("entry " + i), 40);
        }

        passMs(40 + LATE_MS_MAX);

        assertThat(called).containsExactly("entry 0", "entry 1", "entry 2", "entry 3", "entry 4");
    }

    @Test
    void anEntryWithoutADelayIsCalledSoon() {
        wheel.add(new Named("now"), 0);
        assertThat(called).isEmpty();

        passMs(LATE_MS_MAX);

        assertThat(called).containsExactly("now");
    }

    @Test
    void whatIsRemovedIsNotCalledAndRemovingTwiceDoesNothing() {
        Named removed = new Named("removed");
        wheel.add(removed, 50);
        wheel.add(new Named("kept"), 50);

        wheel.remove(removed);
        wheel.remove(removed);

        assertThat(wheel.size()).isEqualTo(1);
        passMs(50 + LATE_MS_MAX);
        assertThat(called).containsExactly("kept");
    }

    @Test
    void anEntryMayBeUsedAgainAfterItWasCalledOrRemoved() {
        Named entry = new Named("again");
        wheel.add(entry, 10);
        wheel.remove(entry);
        wheel.add(entry, 50);
        passMs(10 + LATE_MS_MAX);
        assertThat(called).isEmpty();
        passMs(40);
        assertThat(called).containsExactly("again");

        wheel.add(entry, 50);
        passMs(50 + LATE_MS_MAX);

        assertThat(called).containsExactly("again", "again");
    }

    @Test
    void anEarlierEntryIsNotKeptWaitingByTheTimerOfALaterOne() {
        wheel.add(new Named("late"), 10_000);
        wheel.add(new Named("early"), 20);

        passMs(20 + LATE_MS_MAX);

        assertThat(called).containsExactly("early");
    }

    @Test
    void anEntryMayWaitForManyTurnsOfTheWheel() {
        long hourMs = TimeUnit.HOURS.toMillis(1);
        wheel.add(new Named("far"), hourMs);
        wheel.add(new Named("same slot, next turn"), 8 * 512);

        passInSteps(hourMs - 1);
        assertThat(called).containsExactly("same slot, next turn");
        passInSteps(1 + LATE_MS_MAX);

        assertThat(called).containsExactly("same slot, next turn", "far");
    }

    @Test
    void anEntryMayAddAndRemoveOthersWhileItIsCalled() {
        Named victim = new Named("victim");
        wheel.add(
                new Named("killer") {
                    @Override
                    protected void onDelayOver() {
                        super.onDelayOver();
                        wheel.remove(victim);
                        wheel.add(new Named("child"), 0);
                    }
                },
                30);
        wheel.add(victim, 30);

        passMs(30 + LATE_MS_MAX);
        passMs(LATE_MS_MAX);

        assertThat(called).containsExactly("killer", "child");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aProcessThatWasSuspendedCallsAllThatIsDueAtOnceAndNothingElse() {
        wheel.add(new Named("due"), 1_000);
        wheel.add(new Named("due after turns"), 60_000);
        wheel.add(new Named("not due"), 130_000);

        nowNanos += TimeUnit.SECONDS.toNanos(120);
        passMs(1);

        passMs(TURN_MS);
        assertThat(called).containsExactlyInAnyOrder("due", "due after turns");
        passInSteps(10_000);
        assertThat(called).endsWith("not due");
    }

    @Test
    void aClockThatGoesBackLosesNobody() {
        wheel.add(new Named("before"), 500);
        passInSteps(400);
        nowNanos -= TimeUnit.SECONDS.toNanos(1);
        wheel.add(new Named("after"), 50);

        passInSteps(1_100 + TURN_MS);

        assertThat(called).containsExactlyInAnyOrder("before", "after");
    }

    @Test
    void whenNothingWaitsThereIsNoTimer() {
        wheel.add(new Named("only"), 20);
        passMs(20 + LATE_MS_MAX);
        assertThat(called).containsExactly("only");

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void expiringAllCallsAllAtOnce() {
        wheel.add(new Named("near"), 10);
        wheel.add(new Named("far"), 1_000_000);

        wheel.expireAll();

        assertThat(called).containsExactlyInAnyOrder("near", "far");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void closingForgetsAllAndWhoWaitedMayStillLeave() {
        Named entry = new Named("forgotten");
        wheel.add(entry, 10);

        wheel.close();
        wheel.remove(entry);

        assertThat(wheel.size()).isZero();
        passMs(TURN_MS);
        assertThat(called).isEmpty();
    }

    @Test
    void doesAsASortedMapWouldWhateverIsAddedAndRemoved() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        TreeMap<Long, List<Named>> model = new TreeMap<>();
        long elapsedMs = 0;
        for (int i = 0; i < 3_000; i++) {
            long delayMs = random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(200);
            Named entry = new Named("entry " + i);
            wheel.add(entry, delayMs);
            if (random.nextInt(3) == 0) {
                wheel.remove(entry);
            } else {
                model.computeIfAbsent(elapsedMs + delayMs, at -> new ArrayList<>())
                        .add(entry);
            }
            long stepMs = random.nextInt(20);
            passMs(stepMs);
            elapsedMs += stepMs;
            List<String> must = names(model.headMap(elapsedMs - LATE_MS_MAX, true));
            List<String> may = names(model.headMap(elapsedMs, true));
            assertThat(called).as("seed %d, step %d", seed, i).containsAll(must);
            assertThat(may).as("seed %d, step %d", seed, i).containsAll(called);
            model.headMap(elapsedMs, true).values().forEach(each -> each.removeIf(one -> called.remove(one.name)));
            assertThat(called).isEmpty();
        }
    }

    private static List<String> names(Map<Long, List<Named>> entries) {
        return entries.values().stream()
                .flatMap(List::stream)
                .map(each -> each.name)
                .toList();
    }

    private void passInSteps(long ms) {
        for (long left = ms; left > 0; left -= 1_000) {
            passMs(Math.min(1_000, left));
        }
    }

    private void passMs(long ms) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(ms);
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}

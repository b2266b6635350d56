package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Nothing: what a broker costs while nobody asks for anything, with the JVM options of its own launcher.
 *
 * @param seconds of each round
 * @param partitions that it has
 */
record IdleLoad(double seconds, int partitions) implements Load {
    private static final double SECONDS_MIN = 1;

    @Override
    public Load scaled(double factor) {
        return new IdleLoad(Math.max(SECONDS_MIN, seconds * factor), partitions);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        all.put("generator", "none");
        all.put("seconds", Double.toString(seconds));
        all.put("partitions", Integer.toString(partitions));
        all.put("JVM options", "of each broker's launcher");
        return all;
    }

    @Override
    public boolean hasCeiling() {
        return false;
    }

    @Override
    public double expectedSeconds() {
        return seconds;
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new IdleBench(this, rig.asLaunched());
    }
}

package io.millrace.perf.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.tools.ProducerPerformance;

/**
 * Kafka's {@code ProducerPerformance} several times in one process: a hundred JVMs would measure themselves. The first
 * argument says how often, the others go to each.
 */
public final class Producers {
    /** For one producer the tool is run as it is. */
    public static final String TOOL = "org.apache.kafka.tools.ProducerPerformance";

    private Producers() {}

    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        int count = Integer.parseInt(arguments[0]);
        String[] tool = Arrays.copyOfRange(arguments, 1, arguments.length);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(() -> {
                ProducerPerformance.main(tool);
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        threads.shutdown();
    }
}

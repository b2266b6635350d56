package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;

/** What drives the brokers in a scenario. Immutable: a part of the table of scenarios. */
sealed interface Load permits ProduceLoad, FlowLoad, ReadLoad, CatchUpLoad, ConnectionsLoad, StartLoad, IdleLoad {

    /** With the number of records, or the time, multiplied. */
    Load scaled(double factor);

    /** What it is, for the result: records, sizes, properties of clients. */
    Map<String, String> settings();

    /** Whether the null broker can do its part, so that there is a ceiling. */
    boolean hasCeiling();

    /** About how long a round takes, in seconds, before one has been seen. */
    double expectedSeconds();

    /** Gets one system ready for rounds. */
    Bench open(Rig rig) throws IOException, InterruptedException;
}

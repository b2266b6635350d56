package io.millrace.broker.storage.sim;

import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;

/** What a simulation knows of one of its logs, whatever becomes of the process that has it. */
abstract class SimLog {

    final LogId id;
    LogConfig config;

    SimLog(LogId id, LogConfig config) {
        this.id = id;
        this.config = config;
    }
}

package io.millrace.broker.storage.sim;

/** The machine stopped in the middle of a file operation. An error, so that no handler of I/O failures swallows it. */
final class SimCrash extends Error {

    private static final long serialVersionUID = 1;

    SimCrash(String during) {
        super("crash during " + during, null, false, false);
    }
}

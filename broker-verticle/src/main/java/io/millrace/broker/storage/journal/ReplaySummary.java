package io.millrace.broker.storage.journal;

/**
 * What a replay found.
 *
 * @param files read
 * @param entries intact ones
 * @param damagedInside places where intact frames follow damage: bytes that were acknowledged and have rotted
 */
public record ReplaySummary(int files, int entries, int damagedInside) {}

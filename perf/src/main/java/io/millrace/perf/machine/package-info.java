/** What the machine is and what it allows, measured without any broker. */
@NullMarked
package io.millrace.perf.machine;

import org.jspecify.annotations.NullMarked;

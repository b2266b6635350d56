/** The command line of the harness; it starts real broker processes and never runs a broker inside its own. */
@NullMarked
package io.millrace.perf;

import org.jspecify.annotations.NullMarked;

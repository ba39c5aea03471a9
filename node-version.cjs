'use strict';

// Before anything else is loaded: an older Node stops at the first word it does not know, without saying why. Written for any Node.

var needed = /^>=(\d+)\.(\d+)$/.exec(require('./package.json').engines.node);

/** What is wrong with a version of Node; undefined when it will do. */
function complaint(version) {
  var parts = version.split('.');
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  if (major > Number(needed[1]) || (major === Number(needed[1]) && minor >= Number(needed[2]))) return undefined;
  return (
    'ERROR: this needs Node ' +
    needed[1] +
    '.' +
    needed[2] +
    ' or later, and here is Node ' +
    version +
    ': see https://nodejs.org/'
  );
}

module.exports = { complaint: complaint };

var found = complaint(process.versions.node);
if (found !== undefined) {
  console.error(found);
  process.exit(1);
}
